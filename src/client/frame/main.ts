// The frame's one script: a port comes in from the page around it, and everything else goes over that.

import { serve } from '../runtime.ts'
import { acceptPort, type FrameWindow } from './accept-port.ts'

acceptPort(globalThis as unknown as FrameWindow, serve)

// Run as a program: writes the reference of the command line beside itself.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS } from './commands.ts'
import { referenceOf } from './reference.ts'

writeFileSync(join(import.meta.dirname, 'README.md'), referenceOf(COMMANDS))

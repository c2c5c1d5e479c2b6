// What the browser runs: the server's HTML comes to life.

import { hydrateRoot } from 'react-dom/client'
import { Wallet } from './wallet.tsx'

const root = document.getElementById('root') as HTMLElement
const props = JSON.parse(document.getElementById('props')?.textContent ?? '')

hydrateRoot(root, <Wallet {...props} />)

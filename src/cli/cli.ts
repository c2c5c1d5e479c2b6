#!/usr/bin/env node
// The program's door. It looks at Node's version before anything is loaded that needs a newer one.

import { LEAST_NODE_VERSION } from '../constants.ts'

function rank(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major * 1_000 + minor
}

if (rank(process.versions.node) < rank(LEAST_NODE_VERSION)) {
  console.error(
    `fil-heartbeat: needs Node ${LEAST_NODE_VERSION} or later, and this is ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org, or run it with: npx -p node@24 -p fil-heartbeat fil-heartbeat'
  )
  process.exit(1)
}
const { main } = await import('./main.ts')
process.exit(await main(process.argv.slice(2), import.meta.dirname))

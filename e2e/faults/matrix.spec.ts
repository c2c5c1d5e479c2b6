// Every fault on every route: what the element shows and what the roster says, during and after.

import { tryFault } from './cell.ts'
import { FAULTS } from './faults.ts'
import { ROUTES, test } from './fixtures.ts'
import { saveCell } from './table.ts'

for (const fault of FAULTS) {
  for (const route of ROUTES) {
    const tag = fault.quick?.includes(route) ? ['@quick'] : []
    test(
      `${route}: ${fault.name}`,
      { tag },
      async ({ wallet, openWallet, witness, network, site }, info) => {
        const elsewhere = `${site.origin}/e2e/pages/bare.html`
        const scene = { route, wallet, openWallet, network, elsewhere }
        saveCell(info, await tryFault(fault, scene, witness))
      }
    )
  }
}

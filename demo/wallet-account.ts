import { html, nothing, type TemplateResult } from 'lit'
import type { Head } from '../src/head/index.ts'

const ADDRESS = 'f1demo2kq7w5c3n4t6y8u9p0fathomwalletdemo'
const OPENING_BALANCE = 1_204.5

/** A transfer of this demo account in one tipset; `amount` is in FIL, 0 when there was none. */
export interface Transfer {
  readonly height: bigint
  readonly amount: number
}

/** What happened to the account in a tipset: read off its first block's id, so that a reverted tipset takes it back. */
export function transferIn({ cids, height }: Head): Transfer {
  const [a = 0, b = 0] = [...(cids[0] ?? '')].slice(-2).map((each) => each.charCodeAt(0))
  const amount = a % 3 === 0 ? 0 : ((a * b) % 977) / 100
  return { height, amount: b % 2 === 0 ? amount : -amount }
}

/** The account and its balance. */
export function drawAccount(
  head: Head | undefined,
  transfers: readonly Transfer[]
): TemplateResult {
  const balance = transfers.reduce((sum, { amount }) => sum + amount, OPENING_BALANCE)
  return html`
    <h2>Main account <small>${head === undefined ? 'waiting for the chain' : `at epoch ${head.height.toLocaleString()}`}</small></h2>
    <p class="balance">${fil(balance)} <small>FIL</small></p>
    <p class="address">
      <code>${ADDRESS}</code>
      <button @click=${copyAddress}>Copy</button>
    </p>
  `
}

/** The latest transfers. */
export function drawActivity(transfers: readonly Transfer[]): TemplateResult {
  return html`
    <h2>Activity <small>from the development chain</small></h2>
    ${transfers.length === 0 ? html`<p class="muted">Nothing yet.</p>` : nothing}
    <ol>
      ${transfers.map(
        ({ height, amount }) => html`<li>
          <span>
            ${amount > 0 ? 'Received' : 'Sent'}
            <span class="muted">epoch ${height.toLocaleString()}</span>
          </span>
          <span class=${amount > 0 ? 'in' : ''}>${amount > 0 ? '+' : '−'}${fil(Math.abs(amount))} FIL</span>
        </li>`
      )}
    </ol>
  `
}

function fil(amount: number): string {
  return amount.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

async function copyAddress({ currentTarget }: Event): Promise<void> {
  const button = currentTarget as HTMLButtonElement
  await navigator.clipboard.writeText(ADDRESS)
  button.textContent = 'Copied'
}

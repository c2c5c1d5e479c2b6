import { html, type TemplateResult } from 'lit'
import type { NodeRow } from '../aggregator/index.ts'
import { drawFact, drawId } from './facts.ts'
import { count, moment, span } from './format.ts'

/** All that a row tells besides what stands in its table. `now` is in ms since 1970. */
export function drawNodeFacts(row: NodeRow, now: number): TemplateResult {
  const { peer, minerAddress, head, headAt, genesis, protocol, streams, page, nextBy } = row
  const due = nextBy === undefined ? undefined : nextBy - now
  return html`<dl class="facts">
    ${drawFact('Peer id', drawId(peer, 'the peer id'))}
    ${drawFact('Miner', minerAddress)}
    ${drawFact('Head moved', headAt === undefined ? undefined : `${span(now - headAt)} ago`)}
    ${drawFact('Next beat', due === undefined ? undefined : dueIn(due))}
    ${drawFact('First beat', row.firstBeatAt === undefined ? 'never' : moment(row.firstBeatAt, now))}
    ${drawFact('Beats', count(row.beats))}
    ${drawFact('Page', page === undefined ? undefined : page === 'visible' ? 'in view' : page)}
    ${drawFact('Streams open', count(streams))}
    ${drawFact('Left out', leftOut(row))}
    ${drawFact('Protocol', protocol)}
    ${drawFact('Genesis', genesis === undefined ? undefined : html`<code>${genesis}</code>`)}
    ${drawFact('Head', head.length === 0 ? undefined : html`<ul>${head.map((cid) => html`<li><code>${cid}</code></li>`)}</ul>`)}
  </dl>`
}

function leftOut({ doubles, malformed, dropped }: NodeRow): string | undefined {
  const parts = [
    doubles > 0 ? `${count(doubles)} came twice` : undefined,
    malformed > 0 ? `${count(malformed)} could not be read` : undefined,
    dropped > 0 ? `${count(dropped)} came too often` : undefined
  ].filter((each) => each !== undefined)
  return parts.length === 0 ? undefined : parts.join(', ')
}

function dueIn(time: number): string {
  if (Math.abs(time) < 1_000) return 'now'
  return time < 0 ? `${span(-time)} late` : `within ${span(time)}`
}

import type { Attempt } from '../client/attempts.ts'
import { diagnoseSocket, reasonOf } from './diagnose-socket.ts'

type Failed = Attempt & { readonly works: false }

/** Says which layer of a way failed, in words for people. */
export async function faultOf(failed: Failed): Promise<string> {
  const errors = chainOf(failed.error)
  const told = answerOf(errors, failed)
  if (told !== undefined) return told
  const fault = await diagnoseSocket(failed.first)
  if (fault !== undefined) return `${fault.layer}: ${fault.problem}`
  if (failed.way === 'webrtc') {
    if (errors.some(({ name }) => name === 'StreamResetError')) {
      return 'webrtc: the circuit works, but the aggregator refuses: has it as many as --max-webrtc says?'
    }
    return 'ice: the circuit works, but no direct connection comes up behind it; is UDP blocked?'
  }
  return `libp2p: ${errors.at(-1)?.message ?? failed.error.message}`
}

/** Why a discovery document cannot be had: `fetch` itself says no more than that it failed. */
export function faultOfDiscovery(error: Error): string {
  const errors = chainOf(error)
  const deepest = errors.at(-1)
  if (deepest === undefined || !errors.some(({ message }) => message === 'fetch failed')) {
    return error.message
  }
  return error.message.replace('fetch failed', reasonOf(deepest))
}

// What libp2p itself was told by the other side.
function answerOf(errors: readonly Error[], { way }: Failed): string | undefined {
  const text = errors.map(({ message }) => message).join('\n')
  const [, actual, expected] = IDENTITY.exec(text) ?? []
  if (actual !== undefined) return `peer id: ${actual} answers there, not ${expected}`
  if (/NO_RESERVATION/.test(text)) {
    return 'relay: the aggregator has no reservation there, so the relay cannot reach it'
  }
  if (/PERMISSION_DENIED|RESOURCE_LIMIT_EXCEEDED|CONNECTION_FAILED/.test(text)) {
    const [status] = /PERMISSION_DENIED|RESOURCE_LIMIT_EXCEEDED|CONNECTION_FAILED/.exec(text) ?? []
    return `relay: it refuses the circuit (${status})`
  }
  const isProtocol = errors.some(({ name }) =>
    ['NegotiationError', 'UnsupportedProtocolError'].includes(name)
  )
  if (isProtocol && way !== 'webrtc') return 'protocol: it answers, but takes no heartbeats'
  return undefined
}

const IDENTITY = /identity key (\S+) does not match expected remote identity key (\S+)/

function chainOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chainOf(error.cause)] : []
}

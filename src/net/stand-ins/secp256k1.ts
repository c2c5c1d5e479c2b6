// Stands in for @noble/curves' secp256k1 in the page's bundle, 7 kB of gzip. libp2p uses it only for
// peers that are known by such a key; our relays and aggregators, as most of libp2p, have Ed25519.

import { UnreachableError } from '../../errors.ts'

function refuse(): never {
  throw new UnreachableError('a page knows peers with Ed25519 and RSA keys, not with secp256k1')
}

/** Curve arithmetic that refuses. */
export const secp256k1 = {
  Point: { fromBytes: refuse },
  getPublicKey: refuse,
  sign: refuse,
  verify: refuse,
  utils: { randomSecretKey: refuse, isValidSecretKey: refuse }
}

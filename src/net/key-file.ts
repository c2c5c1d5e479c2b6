import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { OptionError } from '../errors.ts'
import { makeFolder } from './folder.ts'

/**
 * Reads a server's private key, or makes an Ed25519 one on the first run, so that its peer id,
 * and with it every address that wallets were given, survives a restart. The file holds libp2p's
 * protobuf of the key; only its owner may read it.
 *
 * @throws {OptionError} when the file holds no key, or cannot be read or written
 */
export async function loadOrCreateKey(path: string): Promise<PrivateKey> {
  const bytes = await readFile(path).catch((cause) => {
    if (cause.code === 'ENOENT') return undefined
    throw new OptionError('keyFile', `cannot read ${path}: ${cause.message}`, { cause })
  })
  if (bytes === undefined) return await createKey(path)
  try {
    return privateKeyFromProtobuf(bytes)
  } catch (cause) {
    throw new OptionError('keyFile', `${path} holds no libp2p private key`, { cause })
  }
}

// Written beside its place and moved there, so that a crash leaves no half of a key.
async function createKey(path: string): Promise<PrivateKey> {
  const key = await generateKeyPair('Ed25519')
  const draft = `${path}.${process.pid}`
  try {
    await makeFolder(dirname(path))
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(privateKeyToProtobuf(key))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (cause) {
    throw new OptionError('keyFile', `cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
  return key
}

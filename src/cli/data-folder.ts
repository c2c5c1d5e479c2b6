import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { DataFolderError } from '../errors.ts'
import { makeFolder } from '../net/server.ts'
import type { Context } from './command.ts'

const NAME = 'fil-heartbeat'

/** Where keys and history are kept when nobody says: systemd's folder, or the user's own. */
export function defaultDataFolder(env: NodeJS.ProcessEnv, home = homedir()): string {
  // It may name several; the first is the service's own.
  const [given = ''] = (env.STATE_DIRECTORY ?? '').split(':')
  if (given !== '') return given
  return join(env.XDG_STATE_HOME || join(home, '.local', 'state'), NAME)
}

/**
 * The folder of keys and history; made when it is not there, for its owner alone.
 *
 * @throws {DataFolderError} when it cannot be made
 */
export async function openDataFolder({ told, env, log }: Context): Promise<string> {
  const folder = resolve(told.text('data') ?? defaultDataFolder(env))
  try {
    const isNew = await makeFolder(folder, 0o700)
    log.info({ folder, isNew }, 'keeps its keys and data here')
  } catch (cause) {
    throw new DataFolderError(folder, (cause as Error).message, { cause })
  }
  return folder
}

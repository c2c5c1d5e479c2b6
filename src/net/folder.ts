import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those that it lies in. Node's own recursive way never ends where the system says
 * that something is missing although nothing is, as in /proc.
 *
 * @param mode rights of each that is made
 * @returns whether it was made just now
 * @throws what the system says
 */
export async function makeFolder(path: string, mode = 0o777): Promise<boolean> {
  try {
    return await makeOne(path, mode)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  await makeFolder(dirname(path), mode)
  return await makeOne(path, mode)
}

async function makeOne(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, mode)
    return true
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false
    )
    if (isThere) return false
    throw error
  }
}

/**
 * Where the code of the store's thread is: beside its source, or as a file of its own in the folder
 * that the aggregator is built into. The bundler may put what asks into a folder of shared parts.
 *
 * @param base URL of the file that asks
 */
export function workerUrl(base: string = import.meta.url): URL {
  if (base.endsWith('.ts')) return new URL('./worker.ts', base)
  const isShared = new URL('.', base).pathname.endsWith('/chunks/')
  return new URL(isShared ? '../store-worker.js' : './store-worker.js', base)
}

// The built files, with the types of their sources: what is tested is what is published.

import { existsSync } from 'node:fs'
import type * as Aggregator from '../../src/aggregator/index.ts'
import type * as Store from '../../src/aggregator/store/index.ts'
import type * as Library from '../../src/index.ts'
import type * as Relay from '../../src/relay/index.ts'

const built = new URL('../../dist/node/', import.meta.url)

/** The library, as a program in Node imports it. */
export async function library(): Promise<typeof Library> {
  return await load('index.js')
}

/** The aggregator's door. */
export async function aggregator(): Promise<typeof Aggregator> {
  return await load('aggregator.js')
}

/** The relay's door. */
export async function relay(): Promise<typeof Relay> {
  return await load('relay.js')
}

/** The store's door. */
export async function store(): Promise<typeof Store> {
  return await load('store.js')
}

async function load<T>(file: string): Promise<T> {
  const url = new URL(file, built)
  if (!existsSync(url)) throw new Error(`there is no dist/node/${file}: npm run build makes it`)
  return await import(url.href)
}

// Which packages are really inside a bundle: read from what the bundler tells of its outputs.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** A package that is bundled. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** An SPDX expression. */
  readonly license: string
  /** The text of its licence files; its own word for the licence where it brings none. */
  readonly text: string
  /** The bundles that it is in. */
  readonly bundles: readonly string[]
}

/** What authors wrote, and what SPDX calls it. */
const SPDX: Readonly<Record<string, string>> = { 'MPL 2.0': 'MPL-2.0' }

const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)/i

/** Reads the packages that left at least one byte in the bundles; `metafiles` goes by their names. */
export async function bundledPackages(
  metafiles: Readonly<Record<string, Metafile>>
): Promise<BundledPackage[]> {
  const bundlesOf = new Map<string, Set<string>>()
  for (const [bundle, { outputs }] of Object.entries(metafiles)) {
    for (const folder of Object.values(outputs).flatMap(foldersIn)) {
      bundlesOf.set(folder, (bundlesOf.get(folder) ?? new Set()).add(bundle))
    }
  }
  const packages = await Promise.all(
    [...bundlesOf].map(([folder, bundles]) => readPackage(folder, [...bundles].sort()))
  )
  return packages.sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version))
}

function foldersIn({ inputs }: Metafile['outputs'][string]): string[] {
  return Object.entries(inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => path.match(FOLDER)?.[0] ?? [])
}

/**
 * Reads what a package in a folder says of itself.
 *
 * @throws when it names no licence
 */
export async function readPackage(
  folder: string,
  bundles: readonly string[] = []
): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8')
  )
  if (typeof license !== 'string') throw new Error(`${name} ${version} names no licence`)
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  const text = texts.map((each) => each.trim()).join('\n\n')
  return {
    name,
    version,
    license: SPDX[license] ?? license,
    text: text || `License: ${license}`,
    bundles
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

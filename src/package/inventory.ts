// What a reviewer of the package is told: what is inside, under which licences, and the hash of each
// file that a page loads.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundledPackage } from './packages.ts'

/** This package, as its manifest has it. */
export interface Product {
  readonly name: string
  readonly version: string
  readonly license: string
}

/** A bill of materials (CycloneDX 1.6). `installed` are packages that come beside the bundles. */
export function billOfMaterials(
  product: Product,
  bundled: readonly BundledPackage[],
  installed: readonly BundledPackage[]
): unknown {
  const all = [...bundled, ...installed]
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: component(product) },
    components: all.map((each) => ({
      ...component(each),
      scope: 'required',
      properties: [
        {
          name: 'fil-heartbeat:bundled',
          value: each.bundles.length === 0 ? 'no' : each.bundles.join(' ')
        }
      ]
    })),
    dependencies: [{ ref: purl(product), dependsOn: all.map(purl) }]
  }
}

function component(each: Product) {
  const [name = '', group] = each.name.split('/').reverse()
  return {
    type: 'library',
    'bom-ref': purl(each),
    ...(group !== undefined && { group }),
    name,
    version: each.version,
    purl: purl(each),
    licenses: [{ expression: each.license }]
  }
}

const purl = ({ name, version }: Product): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`

/** The licences of everything bundled, as their authors want them to be passed on. */
export function licences(bundled: readonly BundledPackage[]): string {
  const head = 'The files of this package contain the following packages.'
  const each = bundled.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`
  )
  return `${[head, ...each].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

/** The hash of each file, as `integrity` takes it, by its name in the folder. */
export async function integrity(
  folder: string,
  files: readonly string[]
): Promise<Record<string, string>> {
  const hashes = files.toSorted().map(async (file): Promise<[string, string]> => {
    const hash = createHash('sha384').update(await readFile(join(folder, file)))
    return [file, `sha384-${hash.digest('base64')}`]
  })
  return Object.fromEntries(await Promise.all(hashes))
}

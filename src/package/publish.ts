// What the package has beside its code: types, the manifest and what is made from it, and what a
// reviewer asks for.

import { globSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { writeDeclarations } from './declarations.ts'
import { editorData, frameworkTypes } from './framework-types.ts'
import { billOfMaterials, integrity, licences } from './inventory.ts'
import { elementOf, readManifest } from './manifest.ts'
import { bundledPackages, readPackage } from './packages.ts'

/** Writes it all into the folder of the build; `metafiles` tells what is in each bundle. */
export async function publish(
  outdir: string,
  metafiles: Readonly<Record<string, Metafile>>
): Promise<void> {
  await Promise.all([
    writeDeclarations(join(outdir, 'types')),
    describeElement(outdir),
    takeStock(outdir, metafiles)
  ])
}

async function describeElement(outdir: string): Promise<void> {
  const manifest = await readManifest()
  const element = elementOf(manifest)
  const folder = join(outdir, 'types/frameworks')
  await mkdir(folder, { recursive: true })
  await writeJson(join(outdir, 'custom-elements.json'), manifest)
  await writeJson(join(outdir, 'vscode.html-data.json'), editorData(element))
  for (const [file, text] of Object.entries(frameworkTypes(element))) {
    await writeFile(join(folder, file), text)
  }
}

async function takeStock(
  outdir: string,
  metafiles: Readonly<Record<string, Metafile>>
): Promise<void> {
  const product = JSON.parse(await readFile('package.json', 'utf8'))
  const bundled = await bundledPackages(metafiles)
  const beside = Object.keys(product.dependencies).map((name) =>
    readPackage(`node_modules/${name}`)
  )
  await writeFile(join(outdir, 'third-party-licences.txt'), licences(bundled))
  await writeJson(
    join(outdir, 'sbom.cdx.json'),
    billOfMaterials(product, bundled, await Promise.all(beside))
  )
  const pageFiles = globSync(['*.js', 'chunks/*.js', 'cdn/*.js', 'frame.html'], { cwd: outdir })
  await writeJson(join(outdir, 'sri.json'), await integrity(outdir, pageFiles))
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}

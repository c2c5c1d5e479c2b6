// Writes README's tables that have their source in the element.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceTables } from './attribute-table.ts'
import { elementOf, readManifest } from './manifest.ts'

const README = join(import.meta.dirname, '../../README.md')

const readme = await readFile(README, 'utf8')
await writeFile(README, replaceTables(readme, elementOf(await readManifest())))

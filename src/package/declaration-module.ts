// One file of declarations, as tsc 7 prints it: every statement begins with a keyword in the first
// column, and nothing else does. What is misread here does not compile at a consumer's.

/** A declaration at the top of a file, with the comment before it. */
export interface Statement {
  /** `undefined` of what declares nothing by name, as `declare global` does. */
  readonly name: string | undefined
  readonly text: string
  /** Every word in it that may be a name, comments left out. */
  readonly words: ReadonlySet<string>
  /** Types that it imports where it names them: from where, and which. */
  readonly inline: readonly (readonly [from: string, name: string])[]
}

/** Where a name comes from, and what it is called there. */
export interface Source {
  readonly from: string
  readonly name: string
  readonly typeOnly: boolean
}

/** A file of declarations. */
export interface Module {
  readonly statements: readonly Statement[]
  /** By the name that it has in this file. */
  readonly imported: ReadonlyMap<string, Source>
  /** Of other files, by the name that it has to those who import this one. */
  readonly passedOn: ReadonlyMap<string, Source>
  /** Files that are passed on as a whole. */
  readonly stars: readonly string[]
}

const NAMED = /^(import|export)( type)? \{([^}]*)\} from ['"]([^'"]+)['"];$/
const STAR = /^export type \* from ['"]([^'"]+)['"];$/
const DECLARED =
  /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const|let|enum) ([\w$]+)/
const OPENS = /^(?:import|export|declare|abstract|interface|type|class|function|const|let|enum) /
const COMMENTS_AT_END = /(?:\/\*(?:(?!\*\/)[\s\S])*\*\/\s*)*$/
const COMMENT = /\/\*[\s\S]*?\*\//g

/** @throws when a statement is of a kind that is not known */
export function readModule(text: string): Module {
  const statements: Statement[] = []
  const imported = new Map<string, Source>()
  const passedOn = new Map<string, Source>()
  const stars: string[] = []
  for (const each of split(text)) {
    const bare = each.replaceAll(COMMENT, '').trim()
    const star = bare.match(STAR)
    const named = bare.match(NAMED)
    if (star?.[1] !== undefined) stars.push(star[1])
    else if (named !== null) {
      const [, keyword, type, list = '', from = ''] = named
      const into = keyword === 'import' ? imported : passedOn
      for (const [local, name, typeOnly] of readList(list)) {
        into.set(local, { from, name, typeOnly: typeOnly || type !== undefined })
      }
    } else if (/^(import|export) ['"*]/.test(bare)) throw new Error(`not understood: ${bare}`)
    else if (bare !== '' && bare !== 'export {};') statements.push(readStatement(each, bare))
  }
  return { statements, imported, passedOn, stars }
}

/** Parts a file before each keyword in the first column; comments go with what they stand before. */
function split(text: string): string[] {
  const parts: string[] = []
  let part = ''
  for (const line of text.split('\n')) {
    if (OPENS.test(line)) {
      const [before = ''] = part.match(COMMENTS_AT_END) ?? []
      parts.push(part.slice(0, part.length - before.length))
      part = before
    }
    part += `${line}\n`
  }
  return [...parts, part].map((each) => each.trimEnd())
}

function readStatement(text: string, bare: string): Statement {
  const inline = [...bare.matchAll(/\bimport\("([^"]+)"\)\.([\w$]+)/g)].map(
    ([, from = '', name = '']) => [from, name] as const
  )
  const words = new Set(bare.match(/[\w$]+/g))
  const name = bare.match(DECLARED)?.[1]
  if (name === undefined && !bare.startsWith('declare global')) {
    throw new Error(`not understood: ${bare}`)
  }
  return { name, text, words, inline }
}

function readList(list: string): [local: string, name: string, typeOnly: boolean][] {
  const items = list.split(',').map((item) => item.trim())
  return items
    .filter((item) => item !== '')
    .map((item) => {
      const [name = '', local = name] = item.replace(/^type /, '').split(' as ')
      return [local, name, item.startsWith('type ')]
    })
}

// README's tables of attributes and events, from the manifest.

import { type ElementDeclaration, type Named, sentenceOf, settableOf } from './manifest.ts'

/** Writes the tables anew where a text has the places for them. */
export function replaceTables(text: string, element: ElementDeclaration): string {
  return Object.entries(tables(element)).reduce((before, [name, table]) => {
    const place = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[\\s\\S]*?(\\n<!-- end -->)`)
    if (!place.test(before)) throw new Error(`there is no place for the table of ${name}`)
    return before.replace(place, (_, start, end) => `${start}\n${table}\n${end}`)
  }, text)
}

function tables(element: ElementDeclaration): Record<string, string> {
  return {
    attributes: print(
      ['attribute', 'property', 'what it is', 'default'],
      settableOf(element).map((each) => [
        each.attribute === undefined ? '–' : `\`${each.attribute}\``,
        `\`${each.name}\``,
        sentenceOf(each),
        usual(each)
      ])
    ),
    events: print(
      ['event', '`detail`'],
      element.events.map((each) => [`\`${each.name}\``, sentenceOf(each)])
    )
  }
}

const usual = ({ default: value = '–' }: Named): string =>
  value === '–' || value === 'none' ? value : `\`${value}\``

function print(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

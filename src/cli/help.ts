import { HELP_WIDTH, MAX_HELP_FLAG_WIDTH } from '../constants.ts'
import type { Command } from './command.ts'
import { type Option, variableOf } from './option.ts'

/** What the program is, and what it can be told to do. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, operand, summary }): [string, string] => [
    operand === undefined ? name : `${name} ${operand}`,
    summary
  ])
  return `Heartbeats of Filecoin nodes and wallets: send them, receive them, and relay them.

Usage: fil-heartbeat COMMAND [OPTIONS]

${table(rows)}

fil-heartbeat COMMAND --help tells the options of each; --version, which one this is.`
}

/** All that a command can be told. */
export function helpOf({ name, summary, operand, options, examples }: Command): string {
  const rows = options.map((option): [string, string] => [flagOf(option), sentenceOf(option)])
  const usage = ['fil-heartbeat', name, operand, '[OPTIONS]'].filter(Boolean).join(' ')
  const own = options.filter(({ variable }) => variable !== undefined)
  const others = own.map((option) => `, and --${option.name} as ${variableOf(name, option)}`)
  return `${summary}.

Usage: ${usage}

${table([...rows, ['--help', 'this text']])}

Each can come from the environment as well, as ${variableOf(name, { name: 'NAME' })} with lists parted
by commas${others.join('')}; or from the file of --config. Flags come first, then the environment, then the file.

Examples:
${examples.map((each) => `  ${each}`).join('\n')}`
}

/** How an option is given on the command line, or in the environment where it may be secret. */
export function flagOf({ name, value, isSecret }: Option): string {
  if (isSecret) return `(${name})`
  return value === undefined ? `--${name}` : `--${name} ${value}`
}

/** What an option is, whether it may be repeated, and what holds without it. */
export function sentenceOf({ help, kind, default: otherwise, isSecret }: Option): string {
  const notes = [
    ...(kind === 'list' ? ['may be repeated'] : []),
    ...(isSecret ? ['from the environment or a config file only'] : []),
    ...(otherwise === undefined ? [] : [`default: ${otherwise}`])
  ]
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(MAX_HELP_FLAG_WIDTH, Math.max(...rows.map(([left]) => left.length)))
  const indent = ' '.repeat(width + 4)
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, HELP_WIDTH - indent.length)
      const isLong = left.length > width
      const start = isLong ? `  ${left}\n${indent}` : `  ${left.padEnd(width)}  `
      return start + lines.join(`\n${indent}`)
    })
    .join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}

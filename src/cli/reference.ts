import type { Command } from './command.ts'
import { flagOf, sentenceOf } from './help.ts'
import { variableOf } from './option.ts'

const INTRODUCTION = `# The command line

\`npm run reference\` writes this file from the tables that the program itself reads.

Options come as flags, over variables of the environment, over the file of \`--config\`: JSON with a
key for each command, and under it the flags without their dashes. Flags that may be repeated are
words between commas in a variable, and arrays in the file. Secrets have no flag.

\`\`\`json
{ "aggregator": { "reference": ["http://127.0.0.1:1234/rpc/v1"], "keep-beats": "24h" } }
\`\`\`

The exit code is 0 when all went well, 1 when something failed, and 2 when an option is wrong. The
first SIGINT, SIGTERM or SIGHUP ends in order within 10 s; a second one ends at once. The log goes to
standard error, and what was asked for to standard output.
`

/** The reference of all commands, as Markdown. */
export function referenceOf(commands: readonly Command[]): string {
  return [INTRODUCTION, ...commands.map(chapterOf)].join('\n')
}

function chapterOf({ name, summary, operand, options, examples }: Command): string {
  const rows = options.map((option) => {
    const flag = option.isSecret ? option.name : flagOf(option)
    return `| \`${flag}\` | ${sentenceOf(option)} | \`${variableOf(name, option)}\` |`
  })
  const usage = [name, operand].filter(Boolean).join(' ')
  return `## ${usage}

${summary}.

\`\`\`sh
${examples.join('\n')}
\`\`\`

| option | what it is | variable |
|---|---|---|
${rows.join('\n')}
`
}

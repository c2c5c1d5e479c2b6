import { aggregatorCommand } from './aggregator-command.ts'
import { beatCommand } from './beat-command.ts'
import { checkCommand } from './check-command.ts'
import type { Command } from './command.ts'
import { relayCommand } from './relay-command.ts'
import { upCommand } from './up-command.ts'

/** All that the program can do, in the order in which help lists it. */
export const COMMANDS: readonly Command[] = [
  upCommand,
  aggregatorCommand,
  relayCommand,
  beatCommand,
  checkCommand
]

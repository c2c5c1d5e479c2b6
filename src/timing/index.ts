// Time, made testable: durations as people write them, a clock that can be handed in, jittered
// back-off and Filecoin's epochs. Pure but for `systemClock`; owns no timer of its own.

export { Alarm } from './alarm.ts'
export { type Clock, sleep, systemClock, withTimeout } from './clock.ts'
export { type Duration, formatDuration, parseDuration } from './duration.ts'
export { CALIBRATION, type Chain, epochAt, epochStart, MAINNET, untilNextEpoch } from './epoch.ts'
export { retryDelay, retryWindow } from './retry.ts'

// The page of a wallet that has a build.
import 'fil-heartbeat/define'

document.body.append(document.createElement('fil-heartbeat'))

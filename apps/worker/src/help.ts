/** What `--help` prints. */
import { EXITS } from './exits.ts';

export const HELP = `Joins a Vaquita server as a worker and runs tasks for it.

  vaquita-worker --server <url> --token <token>

  --server <url>      the server, such as http://localhost:8080 or wss://vaquita.example.org
                      (several, separated by commas, for servers that stand in for each other)
  --trust-host <h,…>  further hosts to which a server may send this worker, and its token, because the leader is there,
                      such as vaquita-2.internal or *.vaquita.internal; those of --server are trusted anyway
  --token <token>     a worker token, made on the server with: vaquita worker-token create --name <name>
                      (better in the variable VAQUITA_WORKER_TOKEN: a command line is visible to others)
  --name <name>       name of this worker; default: the name of this machine
  --group <a,b>       worker groups to serve; default: default
  --slots <n>         tasks at the same time; default: the number of processors
  --label <k=v>       a label that tasks can ask for, such as gpu=true; may be repeated
  --weight <n>        its share of the tasks in groups that balance by weight; default: 1
  --work-dir <path>   folder for results and running tasks; default: ~/.vaquita/worker-<name>
  --heartbeat <time>  between two signs of life, such as 10s; the server gives a worker up after three times that
  --grace <time>      how long running tasks may go on after Ctrl-C or SIGTERM; default: 30s
  --max-cpu <share>   take nothing new while the processors are busier than this, such as 90%; default: no limit
  --max-memory <share> the same for memory; default: 95%. "none" for no limit, here as for the other two
  --min-disk <size>   take nothing new while less is free where the work folder is, such as 1GB; default: 256MB
  --forget-epoch      work for servers whose database was restored from a copy; give it once
  --log-level <l>     debug, info, warn or error; default: info
  --help, --version

Each option but --forget-epoch, --help and --version can also be given as a variable: VAQUITA_WORKER_SERVER, VAQUITA_WORKER_WORK_DIR, …

Signals: SIGTERM and SIGINT stop it: it takes nothing new, lets what runs end within --grace, and gives the rest back; a second
one does that at once. SIGUSR2 ends it and leaves its tasks running, for the next agent on the work folder: to upgrade it.

Exit codes:
${exitLines()}
`;

function exitLines(): string {
  return Object.values(EXITS)
    .map(({ code, meaning }) => `  ${String(code).padEnd(3)} ${meaning}`)
    .join('\n');
}

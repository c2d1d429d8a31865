/** 等待、失败与结束原因的简体中文。任务自身的信息和名称保持原文。 */
import type { Evidence } from '@vaquita/client';
import type { ReasonWords } from './reason-words.ts';
import { zhReasonNext } from './zh-reason-next.ts';

const quoted = (value: Evidence[keyof Evidence]): string => (value ? `“${value}”` : '');
const of = (value: Evidence[keyof Evidence]): string => `${value ?? '?'}`;
const by = (evidence: Evidence): string => (evidence.by ? `由 ${evidence.by} ` : '');
/** 进程的结束方式；任务自己写下的信息保持原文。 */
function message(said: string): string {
  const [, code] = /^(?:it ended with exit code|Exit code) (-?\d+)\.?$/i.exec(said) ?? [];
  if (code !== undefined) return `退出码 ${code}。`;
  const [, signal] = /^(?:it was ended by the signal|Ended by signal) (\w+)\.?$/i.exec(said) ?? [];
  return signal === undefined ? said : `被信号 ${signal} 终止。`;
}

/** 服务器给出的原句中，冒号之后是任务或人写下的内容。 */
const after = (said: string): string =>
  said.includes(': ') ? `：${message(said.slice(said.indexOf(': ') + 2))}` : '。';

/** 运行或任务的失败：运行会说明有几个任务失败。 */
function failed(evidence: Evidence, said: string): string {
  if (evidence.failedTasks === undefined) return message(said) === said ? `失败：${said}` : message(said);
  const names = [...said.matchAll(/"([^"]+)"/g)].slice(0, 1).map(([, name]) => `（${name}）`);
  const killed = Number(evidence.killedTasks) > 0 ? `，${evidence.killedTasks} 个任务被终止` : '';
  return `${evidence.failedTasks} 个任务失败${names.join('')}${killed}${after(said)}`;
}

function place(evidence: Evidence): string {
  if (evidence.waitingBefore !== undefined)
    return `前面至少还有 ${Number.parseInt(of(evidence.waitingBefore), 10)} 个等待者。`;
  const before = Number(evidence.position ?? 1) - 1;
  return before > 0 ? `前面还有 ${before} 个等待者。` : '';
}

function slots(evidence: Evidence): string {
  const group = `任务组${quoted(evidence.taskGroup)}`;
  if (evidence.inUse === undefined) return `等待${group}的槽位。${place(evidence)}`;
  return `${group}的 ${of(evidence.size)} 个槽位已占用 ${evidence.inUse} 个。${place(evidence)}`;
}

const group = (evidence: Evidence): string => `工作组${quoted(evidence.workerGroup)}`;
const withLabels = ({ labels }: Evidence): string => (labels ? `（标签 ${labels}）` : '');

export const zhReasons: ReasonWords = {
  text: {
    queued: '等待工作节点的空闲槽位。',
    waiting_for_turn: '运行在等待轮到自己。',
    waiting_for_leader: '运行已登记，等待主节点接手。',
    waiting_for_other_runs: (e) =>
      `同一工作流同时最多 ${of(e.limit)} 次运行${e.holderNumbers ? `，正在进行 ${e.holderNumbers}` : ''}。${place(e)}`,
    waiting_for_admission: (e) => {
      if (e.limit === undefined) return '服务器刚成为主节点，仍在读取哪些运行正在进行。';
      const what = e.limitOf === 'live_runs' ? '进行中的运行' : '排队的任务';
      return `${e.where === 'server' ? '服务器上' : '项目中'}${what}已达上限（${e.limit}）。${place(e)}`;
    },
    waiting_for_task_group: slots,
    task_group_missing: (e) => `没有任务组${quoted(e.taskGroup)}。`,
    task_group_closed: (e) => `任务组${quoted(e.taskGroup)}已关闭，打开之前不发放槽位。`,
    waiting_for_worker: (e) =>
      e.workers === 0
        ? `${group(e)}没有已连接的工作节点。`
        : `${group(e)}中没有已连接的工作节点能执行此任务${withLabels(e)}。`,
    waiting_for_delay: '尚未到开始时间。',
    waiting_for_retry: (e, said) =>
      e.retry === undefined ? `等待再次尝试：${said}` : `第 ${e.retry} 次重试（共 ${of(e.of)} 次）${after(said)}`,
    waiting_for_approval: (_, said) =>
      said.startsWith('Waiting for an approval') ? `等待审批${after(said)}` : '等待有人审批。',
    waiting_for_signal: (_, said) => `等待信号${quoted(/"(.*)"/.exec(said)?.[1] ?? '')}。`,
    waiting_for_time: '等待预定的时间。',
    waiting_for_dependency: (_, said) =>
      /^(Looking at|Waiting for runs)/.test(said) ? '等待其他工作流的运行。' : `等待其他工作流的运行：${said}`,
    waiting_for_child: '等待它启动的运行。',
    starting_child: '正在查找要运行的工作流。',
    pausing: (e) => `${by(e)}暂停：正在执行的任务会执行完。`,
    pausing_children: '运行正在暂停：等待它启动的运行暂停。',
    paused: (e) => `${by(e)}已暂停。`,
    stopped: (e, said) => `${by(e)}停止${said.includes('before it started') ? '，当时尚未开始' : ''}。`,
    discarded: (e) =>
      `同一工作流的运行 ${of(e.holderNumber)} 正在进行或等待；此工作流（serial_discard）不会同时启动另一个。`,
    displaced: (e) =>
      `同一工作流较新的运行 ${e.newerNumber ?? e.holderNumber ?? ''} 取而代之（serial_priority）。`.replace('  ', ' '),
    waits_for_itself: (e) =>
      `它由同一工作流的运行 ${of(e.holderNumber)} 内部启动，而后者占着位置等待它。请让工作流并行运行，或不要从自身启动它。`,
    workflow_timeout: '运行已超时。',
    unrunnable: (_, said) => `此运行无法继续${after(said)}`,
    quarantined: (_, said) => `处理此运行时出错，已搁置${after(said)}`,
    being_removed: '此运行已超过保留期限，正在删除。',
    sent: '已发送给工作节点，尚未开始执行。',
    refused: (_, said) => `工作节点拒绝了它：${said}`,
    no_ack: '工作节点没有确认收到。',
    never_arrived: '它没有到达工作节点。',
    worker_deaf: '工作节点收不到任务。',
    worker_lost: (e) =>
      `工作节点${quoted(e.worker)}已丢失。${Number(e.failovers) > 0 ? `此前已换节点 ${e.failovers} 次。` : ''}`,
    worker_stopped: (e) => `工作节点${quoted(e.worker)}被要求停止，任务被交回。`,
    task_failed: failed,
    timeout: '已超时。',
    timeout_kill: '因超时被要求终止。',
    kill_requested: (_, said) => `已被要求终止${after(said)}`,
    killed: (_, said) => `已被终止${after(said)}`,
    killed_on_worker: (_, said) =>
      said.startsWith('It was ended on the worker')
        ? '在工作节点上被终止，并非由这里发起。'
        : `在工作节点上被终止：${said}`,
    forced_success: (e) => `${by(e)}强制计为成功。`,
    dry_run: '试运行：没有真正执行。',
    parameter: (_, said) => `参数有误：${said}`,
    outputs: (_, said) => `输出的类型不对${after(said)}`,
    switch_undecided: (_, said) => `无法选择分支：${said}`,
    branch_chosen: (_, said) => `已选择分支：${said}`,
    approved: (_, said) => `已批准：${said.replace(/^Approved by /, '').replace(/\.$/, '')}`,
    rejected: (_, said) => `已拒绝：${said.replace(/^Rejected by /, '').replace(/\.$/, '')}`,
    signal_received: (_, said) => `已收到信号${quoted(/"(.*)"/.exec(said)?.[1] ?? '')}。`,
    wait_over: '等待的时间已到。',
    dependency_met: '所依赖的运行都已成功。',
    dependency_failed: (_, said) => `所依赖的运行没有成功：${said}`,
    child_failed: (_, said) => `它启动的运行失败${after(said)}`,
    workflow_unusable: (_, said) => `要运行的工作流不可用：${said}`,
    no_leader: '目前没有主节点，因此什么都不会开始或结束。',
    runs_before_it: (e) =>
      `${e.holders ? `进行中：${e.holders}。` : ''}${e.waitingLonger === 0 ? '没有更早等待的运行。' : `有 ${of(e.waitingLonger)} 个更早等待的运行。`}`,
    stopping: (e) => (e.tasks === 0 ? '已没有任务在进行。' : `等待 ${of(e.tasks)} 个任务结束。`),
    blocked: (e) =>
      e.blocked === undefined
        ? `无法开始：前面的任务${quoted(e.blockedBy)}没有成功。`
        : `${e.blocked} 个任务因前面的任务${quoted(e.firstCause)}没有成功而无法开始。`,
    waiting_for_predecessor: (e) => `等待前面的任务：${of(e.tasks)}。`,
    ready: '前面已没有要等待的任务。',
    skipped: (e) =>
      e.decidedBy
        ? `已跳过：任务${quoted(e.decidedBy)}选择了${quoted(e.chosen) || '其他分支'}。`
        : '已跳过：通向它的分支都没有被选择。',
    disabled: '在定义中已停用，视同成功而跳过。',
    out_of_scope: '此运行只执行工作流的一部分，不包含此任务。',
    run_not_started: '运行尚未开始。',
    run_ending: '另一个任务失败，此运行的失败策略是结束运行：不再启动新任务。',
    run_ended: '运行已结束。',
    more_tasks: '其余任务不在此说明；请按名称单独查询。',
    running: (e) => (e.worker ? `正在工作节点${quoted(e.worker)}上执行。` : '由服务器自己执行。'),
    waiting: '等待预定的时间或信号。',
    superseded: (e) => (e.attempt ? `已由第 ${e.attempt} 次尝试取代。` : '任务已重新创建，但尚未再次开始。'),
    child_run: '它启动的运行尚未结束。',
    child_runs: (e) =>
      `它的 ${of(e.items)} 次运行中 ${of(e.ended)} 次已结束，${of(e.started)} 次正在进行，${of(e.waiting)} 次等待启动。`,
    task_group_free: (e) => `任务组${quoted(e.taskGroup)}有空闲槽位。${place(e)}`,
    task_group_full: (e) =>
      `任务组${quoted(e.taskGroup)}的 ${of(e.size)} 个槽位都被占用：${of(e.holders)}。${place(e)}`,
    group_without_workers: (e) => `从来没有工作节点加入${group(e)}。`,
    no_worker_online: (e) => `${group(e)}的 ${of(e.workers)} 个工作节点都不在线。`,
    no_worker_of_type: (e) => `${group(e)}中没有在线的工作节点执行此类型的任务。`,
    no_worker_with_labels: (e) => `${group(e)}中没有在线的工作节点具备所需的标签${withLabels(e)}。`,
    slots_in_use: (e) => `${group(e)}${withLabels(e)}的 ${of(e.slots)} 个槽位都在使用。`,
    slots_free: (e) =>
      `按最近的心跳，${group(e)}${withLabels(e)}的 ${of(e.slots)} 个槽位中已用 ${of(e.slotsUsed)} 个。`,
    workers_overloaded: (e) => `${group(e)}${withLabels(e)}有空闲槽位，但工作节点过载，不接受新任务。`,
    worker_away: (e) => `执行它的工作节点${quoted(e.worker)}失去联系。`,
    worker_unknown: (e) => `执行它的工作节点${quoted(e.worker)}已不存在。`,
    offline: (_, said) => `工作流已下线：${said}`,
    admission: '有运行在等待服务器或项目的空位，它们优先。',
    backfill_limit: '补数的运行数已达同时上限。',
  },
  next: zhReasonNext,
};

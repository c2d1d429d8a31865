/** 简体中文。缺少任何一个键都无法通过类型检查。 */
import type { Messages } from './en.ts';
import type { LateMessages } from './late/late.ts';
import { zhAlertPolicy } from './late/zh-alert-policy.ts';
import { zhAlertTargets } from './late/zh-alert-targets.ts';
import { zhAlerts } from './late/zh-alerts.ts';
import { zhAttention } from './late/zh-attention.ts';
import { zhAudit } from './late/zh-audit.ts';
import { zhBackfills } from './late/zh-backfills.ts';
import { zhBulk } from './late/zh-bulk.ts';
import { zhCalendars } from './late/zh-calendars.ts';
import { zhCode } from './late/zh-code.ts';
import { zhCompare } from './late/zh-compare.ts';
import { zhControl } from './late/zh-control.ts';
import { zhDataSources } from './late/zh-data-sources.ts';
import { zhDependencies } from './late/zh-dependencies.ts';
import { zhEditor } from './late/zh-editor.ts';
import { zhEnvironments } from './late/zh-environments.ts';
import { zhFileTriggers } from './late/zh-file-triggers.ts';
import { zhForecast } from './late/zh-forecast.ts';
import { zhForms } from './late/zh-forms.ts';
import { zhGraphEdit } from './late/zh-graph-edit.ts';
import { zhGraphView } from './late/zh-graph-view.ts';
import { zhGrid } from './late/zh-grid.ts';
import { zhGroups } from './late/zh-groups.ts';
import { zhGuide } from './late/zh-guide.ts';
import { zhHelp } from './late/zh-help.ts';
import { zhImport } from './late/zh-import.ts';
import { zhJoin } from './late/zh-join.ts';
import { zhLeave } from './late/zh-leave.ts';
import { zhListeners } from './late/zh-listeners.ts';
import { zhLog } from './late/zh-log.ts';
import { zhLogin } from './late/zh-login.ts';
import { zhMachine } from './late/zh-machine.ts';
import { zhMoment } from './late/zh-moment.ts';
import { zhOverview } from './late/zh-overview.ts';
import { zhPalette } from './late/zh-palette.ts';
import { zhPast } from './late/zh-past.ts';
import { zhPeople } from './late/zh-people.ts';
import { zhProjects } from './late/zh-projects.ts';
import { zhReasons } from './late/zh-reasons.ts';
import { zhRecord } from './late/zh-record.ts';
import { zhRunList } from './late/zh-run-list.ts';
import { zhRunLog } from './late/zh-run-log.ts';
import { zhScheduleForm } from './late/zh-schedule-form.ts';
import { zhSchedules } from './late/zh-schedules.ts';
import { zhSchema } from './late/zh-schema.ts';
import { zhSearch } from './late/zh-search.ts';
import { zhStart } from './late/zh-start.ts';
import { zhSystem } from './late/zh-system.ts';
import { zhTaskEditor } from './late/zh-task-editor.ts';
import { zhTaskTypes } from './late/zh-task-types.ts';
import { zhTasks } from './late/zh-tasks.ts';
import { zhTokens } from './late/zh-tokens.ts';
import { zhTriggers } from './late/zh-triggers.ts';
import { zhUsage } from './late/zh-usage.ts';
import { zhVersions } from './late/zh-versions.ts';
import { zhWorkerGroups } from './late/zh-worker-groups.ts';
import { zhWorkerPage } from './late/zh-worker-page.ts';
import { zhWorkers } from './late/zh-workers.ts';
import { zhWorkflowList } from './late/zh-workflow-list.ts';
import { zhWorkflowPage } from './late/zh-workflow-page.ts';
import { zhWorkflowSchedules } from './late/zh-workflow-schedules.ts';
import { count } from './zh-count.ts';

export const zhCN: Messages & { readonly late: LateMessages } = {
  late: {
    audit: zhAudit,
    people: zhPeople,
    schema: zhSchema,
    system: zhSystem,
    listeners: zhListeners,
    backfills: zhBackfills,
    alertPolicy: zhAlertPolicy,
    alertTargets: zhAlertTargets,
    forms: zhForms,
    alerts: zhAlerts,
    code: zhCode,
    compare: zhCompare,
    control: zhControl,
    dataSources: zhDataSources,
    dependencies: zhDependencies,
    editor: zhEditor,
    environments: zhEnvironments,
    graphEdit: zhGraphEdit,
    graphView: zhGraphView,
    grid: zhGrid,
    groups: zhGroups,
    guide: zhGuide,
    help: zhHelp,
    import: zhImport,
    leave: zhLeave,
    log: zhLog,
    login: zhLogin,
    machine: zhMachine,
    moment: zhMoment,
    overview: zhOverview,
    attention: zhAttention,
    bulk: zhBulk,
    runList: zhRunList,
    palette: zhPalette,
    past: zhPast,
    projects: zhProjects,
    reasons: zhReasons,
    record: zhRecord,
    calendars: zhCalendars,
    fileTriggers: zhFileTriggers,
    forecast: zhForecast,
    runLog: zhRunLog,
    scheduleForm: zhScheduleForm,
    schedules: zhSchedules,
    search: zhSearch,
    start: zhStart,
    taskEditor: zhTaskEditor,
    taskTypes: zhTaskTypes,
    join: zhJoin,
    tasks: zhTasks,
    tokens: zhTokens,
    triggers: zhTriggers,
    usage: zhUsage,
    versions: zhVersions,
    workerGroups: zhWorkerGroups,
    workerPage: zhWorkerPage,
    workers: zhWorkers,
    workflowList: zhWorkflowList,
    workflowPage: zhWorkflowPage,
    workflowSchedules: zhWorkflowSchedules,
  },
  durationUnits: { ms: '毫秒', s: '秒', m: '分', h: '时', d: '天' },
  app: {
    skip: '跳到正文',
    loading: '加载中',
    newVersion: '服务器上有更新的页面版本。',
    reload: '重新加载',
    close: '关闭',
    cancel: '取消',
    copy: '复制',
    copied: '已复制',
    retry: '重试',
    none: '无',
    more: '显示更多',
  },
  nav: {
    label: '主导航',
    parts: { run: '运行', time: '时间', place: '资源', tell: '通知', system: '系统' },
    more: '更多',
    allPages: '所有页面',
    overview: '总览',
    workflows: '工作流',
    projects: '项目',
    runs: '运行',
    dependencies: '依赖关系',
    tasks: '任务',
    schedules: '定时计划',
    backfills: '回填',
    triggers: '触发器',
    groups: '任务组',
    environments: '环境',
    workers: '工作节点',
    alerts: '告警',
    listeners: '监听器',
    tokens: '令牌',
    audit: '审计日志',
    system: '集群',
    users: '用户',
    roles: '角色',
    guide: '使用指南',
    account: '你的账户',
    search: '搜索或跳转…',
    breadcrumb: '当前位置',
    shortcuts: '键盘快捷键',
  },
  prefs: {
    label: '偏好设置',
    theme: '主题',
    light: '浅色',
    dark: '深色',
    system: '系统',
    language: '语言',
    zone: '时区',
    zoneBrowser: (zone) => `浏览器（${zone}）`,
    shortcuts: '单键快捷键',
    signOut: '退出登录',
    signedInAs: (name) => `已登录：${name}`,
  },
  live: {
    open: '实时',
    connecting: '连接中…',
    lost: (time) => `非实时：数据截至 ${time}，正在重连`,
    paused: '隐藏时暂停',
  },
  errors: {
    title: '操作失败',
    request: (id) => `请求 ${id}`,
    notFound: '这里没有内容',
    notFoundHint: '它可能已改名或被删除。可以搜索它，或回到总览。',
    missing: (name) => `这里没有“${name}”`,
    gone: (name) => `“${name}”已不再保留`,
    forbidden: (name) => `您无权查看“${name}”`,
    toOverview: '回到总览',
    page: '页面出错',
  },
  states: {
    family: {
      queued: '排队',
      running: '运行中',
      success: '成功',
      failed: '失败',
      retry: '重试中',
      paused: '已暂停',
      stopped: '已停止',
      upstream: '被阻塞',
      skipped: '已跳过',
    },
    exact: {
      submitted: '已提交',
      serial_wait: '等待前一次运行',
      running: '运行中',
      ready_pause: '正在暂停',
      paused: '已暂停',
      ready_stop: '正在停止',
      stopped: '已停止',
      failover: '接管中',
      failure: '失败',
      success: '成功',
      delayed: '延迟',
      dispatched: '已派发',
      need_fault_tolerance: '节点丢失',
      killed: '已终止',
      forced_success: '强制成功',
      pending: '未开始',
      blocked: '被阻塞',
      skipped: '已跳过',
      disabled: '已禁用',
    },
  },
  time: {
    now: '刚刚',
    never: '从未',
  },
  workflows: {
    create: '新建工作流',
    name: '工作流',
    online: '上线',
    offline: '下线',
    onlineHint: '已上线：可以启动',
    offlineHint: '已下线：不能启动',
    run: '运行',
    runNamed: (name) => `运行 ${name}`,
  },
  workflow: {
    graph: '图',
    runs: '运行',
    source: 'YAML',
    versions: '版本',
    edit: '编辑',
    backfill: '回填',
    tabs: '此工作流的各部分',
    version: (n) => `版本 ${n}`,
    newest: '最新',
    params: '参数',
    noParams: '此工作流没有参数。',
    facts: '设置',
    execution: '并行的运行',
    atMost: (n) => `最多 ${n} 个`,
    failure: '任务失败时',
    timeout: '超时',
    timezone: '时区',
    savedBy: (name) => `由 ${name} 保存`,
    required: '必填',
    noRuns: '此工作流尚未运行',
    noRunsText: '启动它，即可看到时间线、日志和每个任务的耗时。',
    taskSettings: '任务',
    runFrom: '从此任务开始运行…',
    waitsFor: '等待',
    offlineNote: '此工作流已下线。上线后才能启动。',
    download: '下载',
  },
  failureStrategy: {
    continue: '继续不依赖它的任务',
    end: '结束运行',
  },
  priority: { highest: '最高', high: '高', medium: '中', low: '低', lowest: '最低' },
  runs: {
    title: '运行',
    run: '运行',
    state: '状态',
    started: '创建时间',
    duration: '时长',
    by: '发起人',
    project: '项目',
    allProjects: '全部项目',
    filters: { all: '全部', active: '进行中', failed: '失败', success: '成功', stopped: '已停止', paused: '已暂停' },
    emptyTitle: '还没有运行',
    emptyText: '启动一个工作流，它会立即出现在这里。',
    pending: '编号待定',
    loadMore: '更早的运行',
    shown: (n) => `显示 ${count(n)} 条`,
    toWorkflows: '前往工作流',
  },
  run: {
    number: (n) => `#${n}`,
    tabs: '此运行的视图',
    timeline: '时间线',
    graph: '图',
    tasks: '任务',
    events: '事件',
    machine: '状态机',
    log: '日志',
    source: 'YAML',
    params: '参数',
    started: '开始',
    created: '创建',
    duration: '时长',
    by: '发起人',
    version: '版本',
    priority: '优先级',
    group: '工作组',
    scope: '范围',
    round: (n) => `第 ${n} 轮`,
    why: '为什么？',
    whyNext: '接下来',
    whySince: '自',
    whyNothing: '没有记录到阻碍它的原因。',
    ofFamily: (n, family) => `${count(n)} 个${family}`,
    progress: (done, all) => `${count(done)} / ${count(all)} 个任务已结束`,
    noTasks: '尚未创建任务',
    noTasksText: '主节点接收运行后，任务会随即出现在这里。',
    waitingTask: '此任务尚未开始。',
    blockedTask: '此任务无法启动：它等待的任务没有成功。',
    skippedTask: '没有分支通向此任务，已跳过。',
    disabledTask: '此任务已停用，已跳过。',
    parent: '启动者',
    setAside: '已搁置',

    resize: '调整窗格大小',
    dryRun: '空跑',
  },
  timelineView: {
    label: '任务时间线',
    hint: 'Ctrl + 滚轮缩放 · ↑ ↓ 移动 · Enter 打开日志',
    task: '任务',
    waited: (text) => `等待 ${text}`,
    attempt: (n) => `第 ${n} 次尝试`,
    zoomIn: '放大',
    zoomOut: '缩小',
    fit: '显示全部',
  },
  task: {
    name: '任务',
    type: '类型',
    state: '状态',
    worker: '工作节点',
    attempt: '尝试',
    attempts: '尝试',
    duration: '时长',
    waited: '等待',
    exit: '退出码',
    signal: '信号',
    outputs: '输出',
    group: '任务组',
    groupSlot: (n) => `槽位 ${n}`,
    groupForced: '未占槽位',
    expand: '展开日志',
    shrink: '恢复双窗格',
    filter: '筛选任务',
    choose: '选择一个任务以查看日志。',
  },
  workers: {
    title: '工作节点',
    online: '在线',
    offline: '离线',
    draining: '排空中',
    join: '加入工作节点',
  },
};

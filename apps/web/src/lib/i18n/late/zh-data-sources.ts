/** 数据源的中文文本。 */
import type { DataSourceMessages } from './en-data-sources.ts';

export const zhDataSources: DataSourceMessages = {
  title: '数据源',
  intro: '以名称登记的数据库和服务：任务只写名称，不必写地址和密码。',
  newDataSource: '新建数据源',
  emptyTitle: '还没有数据源',
  emptyText: '数据源保存地址，并引用所需的密钥。任务只需写它的名称。',
  dataSource: '数据源',
  kind: '类型',
  nameHint: '例如 warehouse',
  create: '创建数据源',
  secretsOf: '密钥',
  noSecret: '无',
  secretTitles: { token: '令牌', password: '密码' },
  settings: '设置',
  group: '由哪些工作节点查找文件',
  test: '测试',
  testing: '正在测试…',
  testNote: '文件由工作节点查找，服务器由本服务器询问。不会改动任何内容。',
  outcomes: {
    reached: '可以连接',
    not_there: '文件不存在',
    not_allowed: '对方拒绝了身份',
    refused: '不允许本服务器连接该处',
    timeout: '未及时应答',
    unreachable: '无法连接',
    unexpected: '有应答，但不符合预期',
    nobody: '没有可以查找的工作节点',
    unusable: '密钥缺失或不可用',
  },
};

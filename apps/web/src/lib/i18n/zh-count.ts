/** 简体中文文本中的数字。 */
export const count = (n: number): string => n.toLocaleString('zh-CN');

/** Chinese texts of the question before something that is written and not saved is left. */
import type { LeaveMessages } from './en-leave.ts';

export const zhLeave: LeaveMessages = {
  title: '不保存就离开？',
  text: '这里的修改尚未保存。',
  verb: '离开',
};

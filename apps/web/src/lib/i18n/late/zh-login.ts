/** 登录页面的简体中文。 */
import type { LoginMessages } from './en-login.ts';

export const zhLogin: LoginMessages = {
  title: '登录',
  tagline: '让工作流在你的机器上运行',
  name: '用户名',
  password: '密码',
  submit: '登录',
  busy: '正在登录…',
  capsLock: '大写锁定已打开',
  wrong: '用户名或密码不正确。',
  locked: (seconds) =>
    `尝试次数过多。${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} 后可以再试。`,
  ended: '会话已结束。登录后将回到刚才的页面。',
  hint: '服务器首次启动时，会在控制台打印为 “admin” 生成的密码。',
};

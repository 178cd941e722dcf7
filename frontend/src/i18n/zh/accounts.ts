export const accounts = {
  login: {
    title: '登录',
    username: '用户名',
    password: '密码',
    enter: '登录',
    expired: '登录已过期，请重新登录；登录后回到原来的页面。',
    firstTime: '第一次使用？所有者的密码在首次启动服务时打印在终端里，只打印一次。',
  },
  password: {
    old: '当前密码',
    new: '新密码',
    again: '再输一遍新密码',
    rule: '至少 {{length}} 位，不要全是数字，也不要和用户名相似。',
    short: '至少 {{length}} 位',
    differ: '两次输入不一样',
    forced: '请设置自己的密码',
    forcedLead: '现在的密码是别人给你的，只用这一次。',
    change: '修改密码',
  },
} as const;

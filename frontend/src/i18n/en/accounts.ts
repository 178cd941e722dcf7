export const accounts = {
  login: {
    title: 'Log in',
    username: 'User name',
    password: 'Password',
    enter: 'Log in',
    expired: 'Your session has ended. Log in again and you are back on the same page.',
    firstTime: 'First time? The owner’s password was printed once in the terminal when the server first started.',
  },
  password: {
    old: 'Present password',
    new: 'New password',
    again: 'New password again',
    rule: 'At least {{length}} characters, not only digits, and unlike the user name.',
    short: 'At least {{length}} characters',
    differ: 'The two are different',
    forced: 'Set your own password',
    forcedLead: 'The present one was given to you by someone else and is for this once only.',
    change: 'Change password',
  },
} as const;

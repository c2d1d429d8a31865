/** English texts of the question before something that is written and not saved is left. */
export const enLeave = {
  title: 'Leave without saving?',
  text: 'What you have changed here is not saved.',
  verb: 'Leave',
};

export type LeaveMessages = typeof enLeave;

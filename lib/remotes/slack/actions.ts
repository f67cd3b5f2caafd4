/** The buttons' action ids: what a message carries and what a click comes with. */
export const ACTION = {
  retryContacts: "contacts_retry",
  markHandled: "organization_handled",
  confirmRun: "run_confirm",
  dismissRun: "run_dismiss",
  explainWhole: "explain_whole",
} as const;

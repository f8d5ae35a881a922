// Registers a webhook by jira-client, looks at it and takes it away; for Jira up to version 9.
import JiraApi from 'jira-client';

import { main, refusal } from './common.mjs';

function connect(base, options) {
  const url = new URL(base);
  return new JiraApi({
    protocol: url.protocol.replace(':', ''),
    host: url.hostname,
    port: url.port,
    base: url.pathname.replace(/^\//, ''),
    apiVersion: '2',
    ...options,
  });
}

main(async ({ base, user, password }) => {
  const jira = connect(base, { username: user, password });
  const wanted = {
    name: 'from a client',
    url: 'http://127.0.0.1:9/hook',
    events: ['jira:issue_updated', 'comment_created'],
    filters: { 'issue-related-events-section': 'project = OPS' },
    excludeBody: false,
  };
  const made = await jira.registerWebhook(wanted);
  const id = made.self.slice(made.self.lastIndexOf('/') + 1);
  const listed = await jira.listWebhooks();
  const one = await jira.getWebhook(id);
  const reader = await refusal(() => connect(base, { username: 'rita', password: 'rita' }).registerWebhook(wanted));
  await jira.deleteWebhook(id);
  return {
    made,
    listed: listed.length,
    same: JSON.stringify(one) === JSON.stringify(made),
    left: (await jira.listWebhooks()).length,
    reader: String(reader),
  };
});

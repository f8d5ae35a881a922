// Reads a whole Jira by jira-client: search by POST, then every issue, its comments and its worklogs by themselves.
import JiraClient from 'jira-client';

import { Parts, changesIn, main, projectOf, refusal } from './common.mjs';

// Imported from a module, the CommonJS package is an object that holds the class.
const JiraApi = JiraClient.default ?? JiraClient;

function connect(base, login) {
  const url = new URL(base);
  return new JiraApi({
    protocol: url.protocol.slice(0, -1), host: url.hostname, port: url.port, base: url.pathname, apiVersion: '2', ...login,
  });
}

async function countIssue(jira, parts, key) {
  const issue = await jira.findIssue(key, 'changelog');
  const scope = projectOf(issue.key);
  for (const kind of ['summary', 'description', 'environment']) parts.text(scope, kind, issue.fields[kind]);
  parts.add(scope, 'attachment', issue.fields.attachment.length);
  parts.add(scope, 'history', changesIn(issue.changelog));
  const { comments } = await jira.getComments(key);
  for (const comment of comments) parts.text(scope, 'comment', comment.body);
  const { worklogs } = await jira.getIssueWorklogs(key);
  for (const worklog of worklogs) parts.text(scope, 'worklog', worklog.comment);
  return { issue, comments, worklogs };
}

main(async ({ base, user, password, token }) => {
  const jira = connect(base, { username: user, password });
  const byToken = connect(base, { bearer: token });

  const found = [];
  let total;
  do {
    const page = await jira.searchJira('ORDER BY created ASC, key ASC', { startAt: found.length, maxResults: 1000, fields: ['summary'] });
    ({ total } = page);
    if (page.issues.length === 0) break;
    found.push(...page.issues);
  } while (found.length < total);

  const parts = new Parts();
  let some;
  for (const { key } of found) {
    const seen = await countIssue(jira, parts, key);
    if (!some && seen.issue.fields.attachment.length && seen.comments.length) some = seen;
  }
  const { issue, comments } = some;
  const [attachment] = issue.fields.attachment;
  const bytes = await jira.downloadAttachment(attachment);
  const projectKey = projectOf(issue.key);

  const badQuery = await refusal(() => jira.searchJira('project = NOPE'));
  const missing = await refusal(() => jira.findIssue(`${projectKey}-999999`));
  const refused = await refusal(() => connect(base, { username: user, password: `${password}-not` }).getCurrentUser());

  return {
    parts,
    ids: found.map((entry) => entry.id),
    total,
    projects: (await byToken.listProjects()).map((project) => project.key),
    single: {
      comment: (await jira.getComment(issue.key, comments[0].id)).body === comments[0].body,
      attachment: bytes.length === attachment.size,
      project: (await jira.getProject(projectKey)).key === projectKey,
      issueTypes: (await jira.listIssueTypes()).map((type) => type.name),
      priorities: (await jira.listPriorities()).map((priority) => priority.name),
      statuses: (await jira.listStatus()).map((status) => status.name),
      versions: (await jira.getVersions(projectKey)).length,
      components: (await jira.listComponents(projectKey)).length,
      remoteLinks: Array.isArray(await jira.getRemoteLinks(issue.key)),
    },
    fields: (await jira.listFields()).length,
    myself: (await byToken.getCurrentUser()).name,
    deployment: (await jira.getServerInfo()).deploymentType,
    errors: { badQuery: String(badQuery), missing: String(missing), refused: String(refused) },
  };
});

// Reads a whole Jira by jira.js: search by POST and by GET, with comments, worklogs and history.
import { ClientType, createClient } from 'jira.js';

import { Parts, changesIn, main, projectOf, refusal } from './common.mjs';

const JQL = 'ORDER BY created ASC, key ASC';

async function searchAll(page) {
  const issues = [];
  const sizes = new Set();
  for (;;) {
    const answer = await page(issues.length);
    sizes.add(answer.maxResults);
    issues.push(...answer.issues);
    if (answer.issues.length === 0 || issues.length >= answer.total) {
      return { issues, sizes: [...sizes], total: answer.total };
    }
  }
}

async function countIssue(client, parts, issue) {
  const scope = projectOf(issue.key);
  const { fields } = issue;
  for (const kind of ['summary', 'description', 'environment']) parts.text(scope, kind, fields[kind]);
  parts.add(scope, 'attachment', fields.attachment.length);
  parts.add(scope, 'history', changesIn(issue.changelog));
  if (fields.comment.comments.length !== fields.comment.total) throw new Error(`${issue.key}: not all comments`);
  for (const comment of fields.comment.comments) parts.text(scope, 'comment', comment.body);
  let { worklogs } = fields.worklog;
  // The field shows the first twenty only.
  if (worklogs.length < fields.worklog.total) {
    ({ worklogs } = await client.issueWorklogs.getIssueWorklog({ issueIdOrKey: issue.key }));
    if (worklogs.length !== fields.worklog.total) throw new Error(`${issue.key}: not all worklogs`);
  }
  for (const worklog of worklogs) parts.text(scope, 'worklog', worklog.comment);
  return fields.worklog.total > fields.worklog.worklogs.length;
}

main(async ({ base, user, password, token }) => {
  const client = createClient(ClientType.Version2, {
    host: base,
    authentication: { basic: { email: user, apiToken: password } },
  });
  const byToken = createClient(ClientType.Version2, { host: base, authentication: { oauth2: { accessToken: token } } });

  const posted = await searchAll((startAt) => client.issueSearch.searchForIssuesUsingJqlPost({
    jql: JQL, startAt, maxResults: 1000, fields: ['*all'], expand: ['changelog'],
  }));
  const got = await searchAll((startAt) => byToken.issueSearch.searchForIssuesUsingJql({
    jql: JQL, startAt, maxResults: 1000, fields: ['summary'],
  }));
  const parts = new Parts();
  let longWorklogs = 0;
  for (const issue of posted.issues) longWorklogs += (await countIssue(client, parts, issue)) ? 1 : 0;

  // One issue by each of the calls that read a single thing.
  const some = posted.issues.find((issue) => issue.fields.comment.total && issue.fields.worklog.total);
  const issueIdOrKey = some.key;
  const whole = await client.issues.getIssue({ issueIdOrKey, fields: ['*all'], expand: 'changelog,names,schema' });
  const [comment] = some.fields.comment.comments;
  const [worklog] = some.fields.worklog.worklogs;
  const oneComment = await client.issueComments.getComment({ issueIdOrKey, id: comment.id });
  const oneWorklog = await client.issueWorklogs.getWorklog({ issueIdOrKey, id: worklog.id });
  const comments = await client.issueComments.getComments({ issueIdOrKey, startAt: 0, maxResults: 1000 });
  const first = { ...some.fields.project };
  const project = await client.projects.getProject({ projectIdOrKey: first.key });
  const permissions = await client.permissions.getMyPermissions({ projectKey: first.key, permissions: 'BROWSE_PROJECTS' });

  const badQuery = await refusal(() => client.issueSearch.searchForIssuesUsingJqlPost({ jql: 'project = NOPE' }));
  const missing = await refusal(() => client.issues.getIssue({ issueIdOrKey: `${first.key}-999999` }));
  const stranger = createClient(ClientType.Version2, {
    host: base, authentication: { basic: { email: user, apiToken: `${password}-not` } },
  });
  const refused = await refusal(() => stranger.myself.getCurrentUser());

  return {
    parts,
    ids: posted.issues.map((issue) => issue.id),
    total: posted.total,
    pageSizes: posted.sizes,
    sameByGet: JSON.stringify(got.issues.map((issue) => issue.id)) === JSON.stringify(posted.issues.map((issue) => issue.id)),
    longWorklogs,
    single: {
      issue: whole.id === some.id && whole.changelog.total === some.changelog.histories.length,
      names: Object.keys(whole.names).length,
      schema: Object.keys(whole.schema).length,
      comment: oneComment.body === comment.body,
      worklog: oneWorklog.comment === worklog.comment,
      comments: comments.total === some.fields.comment.total,
      project: project.id === first.id,
      issueTypes: (await client.issueTypes.getIssueAllTypes()).map((type) => type.name),
      priorities: (await client.issuePriorities.getPriorities()).map((priority) => priority.name),
      statuses: (await client.workflowStatuses.getStatuses()).map((status) => status.name),
      remoteLinks: Array.isArray(await client.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey })),
    },
    fields: (await client.issueFields.getFields()).length,
    myself: (await client.myself.getCurrentUser()).name,
    browse: permissions.permissions.BROWSE_PROJECTS.havePermission,
    deployment: (await client.serverInfo.getServerInfo()).deploymentType,
    errors: {
      badQuery: [badQuery.status, badQuery.response?.data?.errorMessages?.length],
      missing: [missing.status, missing.response?.data?.errorMessages],
      refused: refused.status,
    },
  };
});

// Reads a whole Confluence by confluence.js: spaces, pages and blog posts with all versions, comments, attachments.
import { ConfluenceClient } from 'confluence.js';

import { Parts, main, refusal } from './common.mjs';

const EXPAND = ['body.storage', 'version', 'space', 'history', 'ancestors'];

/** Every result of a list. The host may echo a smaller limit; it may also promise a next page that is empty. */
async function listAll(page) {
  const results = [];
  for (;;) {
    const answer = await page(results.length);
    results.push(...answer.results);
    if (answer.results.length === 0 || !answer._links.next) return results;
  }
}

main(async ({ base, user, password, token }) => {
  const client = new ConfluenceClient({ host: base, apiPrefix: '/rest/', authentication: { oauth2: { accessToken: token } } });
  // This client takes mail addresses only as names for Basic, so the HTTP library below it gets the name.
  const basic = (name, secret) =>
    new ConfluenceClient({ host: base, apiPrefix: '/rest/', baseRequestConfig: { auth: { username: name, password: secret } } });
  const byPassword = basic(user, password);

  /** The texts of every version of a page or a comment; returns how many versions there are. */
  async function countVersions(item, scope, kind, withTitles) {
    // Versions of Data Center stand under another path than those of the cloud; the client's own sender takes both.
    const versions = await listAll((start) => client.sendRequest(
      { url: `/experimental/content/${item.id}/version`, method: 'GET', params: { start, limit: 3 } }));
    for (const { number } of versions) {
      const version = number === item.version.number
        ? item
        : await client.content.getContentById({ id: item.id, version: number, status: ['historical'], expand: ['body.storage', 'version'] });
      if (version.version.number !== number) throw new Error(`${item.id}: not version ${number}`);
      parts.text(scope, kind, version.body.storage.value);
      if (withTitles) parts.text(scope, 'title', version.title);
    }
    return versions.length;
  }

  const parts = new Parts();
  const ids = { page: [], blogpost: [], comment: [], attachment: [] };
  const items = {};
  let oldVersions = 0;
  let replies = 0;
  const spaces = await listAll((start) => client.space.getSpaces({ start, limit: 2 }));
  for (const { key } of spaces) {
    items[key] = 0;
    for (const type of ['page', 'blogpost']) {
      const contents = await listAll((start) => client.content.getContent({ type, spaceKey: key, start, limit: 500, expand: EXPAND }));
      for (const content of contents) {
        if (content.space.key !== key || content.type !== type) throw new Error(`${content.id} does not belong here`);
        items[key] += 1;
        ids[type].push(content.id);
        oldVersions += (await countVersions(content, key, type, true)) - 1;
        const comments = [];
        // One place at a time: this client joins the values of a list by commas, the host wants them repeated.
        for (const location of ['footer', 'inline', 'resolved']) {
          comments.push(...await listAll((start) => client.contentComments.getContentComments({
            id: content.id, start, limit: 10, depth: 'all', location,
            expand: ['body.storage', 'version', 'ancestors', 'extensions.inlineProperties'],
          })));
        }
        for (const comment of comments) {
          ids.comment.push(comment.id);
          replies += comment.ancestors.length > 0 ? 1 : 0;
          await countVersions(comment, key, 'comment', false);
        }
        const attachments = await listAll((start) => client.contentAttachments.getAttachments({ id: content.id, start, limit: 5 }));
        parts.add(key, 'attachment', attachments.length);
        ids.attachment.push(...attachments.map((attachment) => attachment.id));
      }
    }
  }

  // The same by search, in two ways.
  const searched = {};
  for (const type of Object.keys(ids)) {
    const cql = `type = ${type} ORDER BY created`;
    const whole = [];
    for (let url = `/api/content/search?cql=${encodeURIComponent(cql)}&limit=7`; url;) {
      const answer = await client.sendRequest({ url, method: 'GET' });
      whole.push(...answer.results.map((result) => result.id));
      // The link lacks the context path and begins behind the client's prefix.
      url = answer.results.length > 0 && answer._links.next?.replace(/^\/rest/, '');
    }
    const one = await client.search.searchByCQL({ cql, limit: 1, expand: ['content.version', 'content.body.storage'] });
    searched[type] = {
      same: JSON.stringify(whole.map(String).sort()) === JSON.stringify(ids[type].map(String).sort()),
      total: one.totalSize,
      expanded: one.results.every((result) => result.content.version.number > 0 && (type === 'attachment' || 'body' in result.content)),
    };
  }

  const id = ids.page.find(Boolean);
  const page = await client.content.getContentById({ id, expand: ['body.storage', 'version', 'history.lastUpdated', 'space', 'children.comment'] });
  const history = await client.content.getHistoryForContent({ id });
  const children = await client.contentChildrenAndDescendants.getContentChildren({ id, expand: ['page', 'comment', 'attachment'] });
  const below = await client.contentChildrenAndDescendants.getContentChildrenByType({ id, type: 'page' });
  const space = await client.space.getSpace({ spaceKey: spaces[0].key, expand: ['description.plain', 'homepage'] });
  const inSpace = await listAll((start) => client.space.getContentByTypeForSpace({ spaceKey: spaces[0].key, type: 'page', start, limit: 4 }));
  const me = await byPassword.users.getCurrentUser();
  const sameMe = await client.sendRequest({ url: '/api/user', method: 'GET', params: { key: me.userKey } });

  const missing = await refusal(() => client.content.getContentById({ id: '99999999' }));
  const badQuery = await refusal(() => client.content.searchContentByCQL({ cql: 'nosuchfield = 1' }));
  // Who is unknown is a caller without a name, not an error.
  const stranger = await basic(user, `${password}-not`).users.getCurrentUser();

  return {
    parts,
    items,
    ids,
    oldVersions,
    replies,
    searched,
    spaces: spaces.map(({ key }) => key),
    single: {
      page: String(page.id) === String(id) && page.body.storage.value.length > 0 && page.space.key === spaces[0].key,
      lastUpdated: page.history.lastUpdated.when === page.version.when,
      childComments: Array.isArray(page.children?.comment?.results),
      history: history.lastUpdated.number === page.version.number && history.createdDate === page.history.createdDate,
      children: ['page', 'comment', 'attachment'].every((type) => Array.isArray(children[type]?.results)),
      childPages: JSON.stringify(children.page?.results.map((child) => child.id)) === JSON.stringify(below.results.map((child) => child.id)),
      labels: (await client.contentLabels.getLabelsForContent({ id })).results.length,
      space: space.key === spaces[0].key && typeof space.description.plain.value === 'string',
      homepage: Boolean(space.homepage.id),
      inSpace: inSpace.length,
      user: sameMe.username === user,
      groups: (await byPassword.users.getGroupMembershipsForUser({ username: user })).results.length,
    },
    myself: me.username,
    stranger: stranger.type,
    errors: { missing: missing.statusCode, badQuery: badQuery.statusCode },
  };
});

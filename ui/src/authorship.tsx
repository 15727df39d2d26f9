// Who wrote each commit of the change, and what that is known from.
import type { Authorship, Commit, PageData } from './data';
import { counted } from './format';

export const k_authorship_words: Record<Authorship, string> = {
  ai: 'AI', ai_assisted: 'AI-assisted', human: 'human', undeclared: 'undeclared',
};

// What decides stands first; the rest is shown because somebody will ask for it.
const k_grade_words: Record<string, string> = {
  platform_identity: 'platform', bot_identity: 'author field', structured_line: 'message', resolved_note: 'note',
  kept_verdict: 'seen before', free_text: 'prose, decides nothing', weak: 'weak, decides nothing',
};

function CommitCard({ commit }: { commit: Commit }) {
  return (
    <article class={`card commit ${commit.authorship}`}>
      <h2>
        <code title={commit.sha}>{commit.sha.slice(0, 12)}</code> {commit.subject || '(no subject)'}{' '}
        <span class={`badge ${commit.authorship}`}>{k_authorship_words[commit.authorship]}{commit.tool && `: ${commit.tool}`}</span>
      </h2>
      <p class="facts">{commit.author}</p>
      {commit.evidence.length > 0 ? (
        <dl class="evidence">
          {commit.evidence.map((each, at) => (
            <div key={at}><dt>{k_grade_words[each.grade] ?? each.grade}</dt><dd><code>{each.text}</code></dd></div>
          ))}
        </dl>
      ) : <p>There is no evidence of who wrote it.</p>}
    </article>
  );
}

export function AuthorshipView({ data }: { data: PageData }) {
  const { authorship } = data;
  if (!authorship)
    return <p class="empty">Nobody asked who wrote this change: the policy of its base has no rule, and there was no event file.</p>;
  if (authorship.commits.length === 0) return <p class="empty">There is no commit between base and head.</p>;
  const counts = new Map<Authorship, number>();
  for (const commit of authorship.commits) counts.set(commit.authorship, (counts.get(commit.authorship) ?? 0) + 1);
  return (
    <>
      <p>
        {counted(authorship.commits.length + authorship.leftOut, 'commit')}
        {[...counts].map(([key, count]) => `, ${count} ${k_authorship_words[key]}`).join('')}.
        The change counts as <strong>{k_authorship_words[authorship.strongest]}</strong>, which is the strongest of them.
        {authorship.leftOut > 0 && ` ${counted(authorship.leftOut, 'older commit')} not shown.`}
      </p>
      <div class="cards">{authorship.commits.map((commit) => <CommitCard key={commit.sha} commit={commit} />)}</div>
    </>
  );
}

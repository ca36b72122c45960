/** Signing in: everybody in the sandbox can be anybody. */
import { notFound } from '../errors.ts';
import type { Form } from './form.ts';
import { localPath } from './form.ts';
import { html } from './html.ts';
import { people, teamNames } from './layout.ts';
import { guideLead } from './guide.ts';
import { avatar, form } from './parts.ts';
import type { Sessions } from './session.ts';
import type { Reply, Visit } from './visit.ts';

/** The choice of a person; afterwards the page that was asked for. */
export function signInPage(visit: Visit): Reply {
  const { state } = visit.context;
  const to = `${visit.url.pathname}${visit.url.search}`;
  const main = html`${guideLead(visit)}
    <section class="sign-in" aria-labelledby="who">
      <h2 id="who">Who do you want to be?</h2>
      <p class="muted">There are no passwords here, and you can change at any time.</p>
      ${form(
        visit,
        '/-/session',
        html`<input type="hidden" name="return_to" value="${to}" />
          <div class="people">
            ${people(state).map(
              (user) =>
                html`<button class="card person-card" name="login" value="${user.login}">
                  ${avatar(user, 'large')}
                  <span><strong>${user.login}</strong><small>${teamNames(state, user)}</small></span>
                </button>`,
            )}
          </div>`,
      )}
    </section>`;
  return { kind: 'page', title: 'Sign in', main };
}

/** Signs in as the person of the form, or out where it names nobody. */
export function changeSession(sessions: Sessions, visit: Visit, sent: Form): Reply {
  const login = sent.text('login');
  const to = localPath(sent.text('return_to'));
  if (login === '') return { kind: 'redirect', to: '/', cookie: sessions.cookie(null) };
  const user = visit.context.state.user(login);
  if (user?.type !== 'User') throw notFound();
  return { kind: 'redirect', to, cookie: sessions.cookie(user) };
}

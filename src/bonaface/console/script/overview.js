/** The administrator's page: sign in, then status, usage, applications, policies, reported errors, audit trail and models. */

import { AdminApi, Problem } from "./admin-api.js";
import { ApplicationsPanel } from "./applications-panel.js";
import { AuditPanel } from "./audit-panel.js";
import { byId, h } from "./dom.js";
import { FeedbackPanel } from "./feedback-panel.js";
import { announce, openFrame } from "./frame.js";
import { ModelsPanel } from "./models-panel.js";
import { PoliciesPanel } from "./policies-panel.js";
import { forgetToken, keepToken, readToken } from "./session.js";
import { refusalOf, signInCard } from "./sign-in.js";
import { StatusPanel } from "./status-panel.js";
import { t, whenSaid } from "./text.js";
import { UsagePanel } from "./usage-panel.js";

const UNAUTHORIZED = 401;
const NOT_FOUND = 404;

class Overview {
  constructor() {
    /** @type {{ element: HTMLElement, render: () => void, load: () => Promise<void> }[]} */
    this.panels = [];
    /** @type {AdminApi | null} */
    this.api = null;
    /** @type {unknown} why the last token was not taken */
    this.refusal = null;
  }

  async open() {
    const token = readToken();
    if (token !== null) await this.enter(token);
    whenSaid(() => this.render());
  }

  /** @param {string} token */
  async signIn(token) {
    await this.enter(token);
    this.render();
    byId(this.panels.length ? "main" : "token").focus();
    if (this.panels.length) announce(t("signIn.in"));
  }

  /** @param {string} token */
  async enter(token) {
    const api = new AdminApi(token);
    this.refusal = await refusalOf(api);
    if (this.refusal !== null) {
      if (isFinal(this.refusal)) forgetToken();
      return;
    }
    keepToken(token);
    this.api = api;
    this.panels = panelsFor(api);
    for (const panel of this.panels) panel.load();
  }

  signOut() {
    forgetToken();
    this.panels = [];
    this.refusal = null;
    this.render();
    byId("token").focus();
    announce(t("signIn.gone"));
  }

  async refresh() {
    await Promise.all(this.panels.map((panel) => panel.load()));
    announce(t("overview.refreshed"));
  }

  render() {
    if (this.panels.length === 0) {
      byId("main").replaceChildren(signInCard(this.refusal, (token) => this.signIn(token)));
      return;
    }
    const out = h("button", { type: "button", class: "button", onclick: () => this.signOut() }, t("signIn.out"));
    const again = h("button", { type: "button", class: "button", id: "refresh", onclick: () => this.refresh() }, t("overview.refresh"));
    const who = h("p", { class: "small quiet", id: "who" }, t(`signIn.as.${this.api.role}`, { name: this.api.name }));
    const lead = h("div", { class: "lead" }, h("div", {}, h("h1", {}, t("overview.title")), who), h("div", { class: "row" }, again, out));
    for (const panel of this.panels) panel.render();
    byId("main").replaceChildren(lead, h("div", { class: "stack" }, ...this.panels.map(({ element }) => element)));
  }
}

/** @param {AdminApi} api */
function panelsFor(api) {
  const usage = new UsagePanel(api);
  const audit = new AuditPanel(api);
  const applications = new ApplicationsPanel(api, {
    usage: (appKey) => usage.showApplication(appKey),
    audit: (appKey) => audit.showApplication(appKey),
    changed: () => audit.load(),
  });
  const policies = new PoliciesPanel(api, {
    audit: (target) => audit.showApplication(target),
    changed: () => audit.load(),
  });
  const status = new StatusPanel(api);
  const models = new ModelsPanel(api, { changed: () => Promise.all([audit.load(), status.load()]) });
  return [status, usage, applications, policies, new FeedbackPanel(api), audit, models];
}

/**
 * Whether there is no use in keeping the token: it is not a server that is away for a moment.
 * @param {unknown} refusal
 */
function isFinal(refusal) {
  return refusal instanceof Problem && (refusal.status === UNAUTHORIZED || refusal.status === NOT_FOUND);
}

openFrame("overview");
new Overview().open();

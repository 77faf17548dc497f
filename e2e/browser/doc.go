// Package browser opens the page in a real Chromium and uses it as a person would:
// journeys over every page, hostile texts, accessibility by axe-core. It runs when
// COLDTRAIL_CHROMIUM names a browser; .ci/browser installs one.
package browser

// Package screens holds the pages of the window other than the guided form: signing in, my work, finding a person, review,
// what urgent care sees, a plan that is only read, settings and training.
//
// Contract:
//   - Each screen is made by its New function with Deps and lives until Close. All functions are for the drawing thread.
//   - A screen asks the Desk only through Deps.Work, so that a slow answer says what it waits for and can be stopped.
//   - Buttons that change a plan come from Plan.Actions and from nowhere else (actions.go). A screen knows no access rule.
//   - What goes wrong is said by Deps.Say, or under the field that it concerns.
package screens

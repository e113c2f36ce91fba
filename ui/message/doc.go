// Package message is the only place that shows dialogs, errors, notices and questions, and the strip that says what the
// program is doing.
//
// Contract:
//   - One message at a time; others wait their turn. While one is open the window's shortcuts rest (Open says so).
//   - The focus is inside the message from the first moment and goes back to where it was when the message closes. Enter
//     presses what has the focus, Esc is the safe way out, and words typed into a message that was closed with Esc are
//     there again when the same question is asked about the same plan (Forget empties that memory).
//   - What an error says comes from app.Explain and from nowhere else.
//   - Every function here is called on the drawing thread; none blocks.
package message

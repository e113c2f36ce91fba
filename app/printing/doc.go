// Package printing takes the one-page summary from the service to paper or to a PDF file.
//
// Contract:
//   - On Linux and macOS it prints with lp (CUPS); on Windows with the print verb of whatever shows PDF files, else it opens
//     that viewer for the person to print from.
//   - The page is on disk only while a Job is open, in one file with a random name that this user alone may read, in the
//     folder given. Job.Close removes it; where another program does the printing, it stays until that has read it (T60), which
//     is what Job.Gone waits for. Sweep removes what a crash left.
//   - What is printed is the very bytes that the service made: nothing is drawn here.
//   - Every method with a context may block; call it off the drawing thread.
package printing

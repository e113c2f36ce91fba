// This file lets tree.go declare a function whose body is Fyne's.

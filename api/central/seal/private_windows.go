package seal

// What may change here: who may read a key file on Windows, where the folder's rights decide and files have no modes.

func private(string) error { return nil }

package storage

// Notifier is a Store that can tell early that another process has committed. That is a hint and no more: some are lost,
// and a Head is what counts.
type Notifier interface {
	// Notify calls hint, until the store is closed, with the name of a context that has moved; with an empty name when any
	// may have moved. hint is called from one goroutine and must not block. Notify returns at once; it is called once.
	Notify(hint func(registryCtx string))
}

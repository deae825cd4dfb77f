package cache

import "time"

// Hint tells that another process may have moved a context, or any when the name is empty: the heads that kept answers
// rest on are read again at once. What is learnt comes from that read, never from the hint. It doesn't block.
func (c *Cache) Hint(registryCtx string) {
	if c.options.Disabled {
		return
	}
	if stamps := c.heads.held(registryCtx); len(stamps) > 0 {
		c.confirmer.join(stamps, time.Now())
	}
}

// held returns the contexts that kept entries rest on: the one of the name, or all when it is empty.
func (h *heads) held(registryCtx string) []stamp {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if registryCtx != "" {
		if st := h.states[registryCtx]; st != nil && st.entries.Load() > 0 {
			return []stamp{{state: st}}
		}
		return nil
	}
	var all []stamp
	for _, st := range h.states {
		if st.entries.Load() > 0 {
			all = append(all, stamp{state: st})
		}
	}
	return all
}

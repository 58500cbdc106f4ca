"""HTTP as evtbdd speaks it to services: requests, their responses, and what stands in them."""

"""Third-party libraries as steps and stores. Each part imports its library only when it is used."""

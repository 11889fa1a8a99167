import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { Store } from "../store/store";

export const StoreContext = createContext(new Store());
export const useStore = () => useContext(StoreContext);

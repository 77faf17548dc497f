import{g as u}from"./chunk-D7T4XN55.js";function a(){return u("h1",{children:"guard"})}export{a as default};
